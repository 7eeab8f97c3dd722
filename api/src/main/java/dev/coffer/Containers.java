package dev.coffer;

/** Placeholder. */
interface Containers {}
