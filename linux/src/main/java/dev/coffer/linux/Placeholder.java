package dev.coffer.linux;

/** Placeholder. */
interface Placeholder {}
