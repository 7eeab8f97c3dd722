package dev.coffer.runtime;

/** Placeholder. */
interface Placeholder {}
