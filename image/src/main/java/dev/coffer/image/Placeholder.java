package dev.coffer.image;

/** Placeholder. */
interface Placeholder {}
