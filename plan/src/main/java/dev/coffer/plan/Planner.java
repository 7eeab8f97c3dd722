package dev.coffer.plan;

/** Placeholder. */
interface Planner {}
