package dev.coffer.tools;

/** Placeholder. */
interface Placeholder {}
