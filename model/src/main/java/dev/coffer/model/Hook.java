package dev.coffer.model;

/** A command that is run through a shell at a moment of the container's life. */
public record Hook(HookType type, String command) {}
