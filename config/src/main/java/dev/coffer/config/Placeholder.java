package dev.coffer.config;

/** Placeholder. */
interface Placeholder {}
