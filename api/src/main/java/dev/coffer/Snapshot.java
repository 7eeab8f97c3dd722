package dev.coffer;

import java.nio.file.Path;

/**
 * A snapshot of a container, which is a container itself.
 *
 * @param name {@code snap0} and so on
 * @param folder the directory that holds its directory
 * @param time when it was made, {@code YYYY:MM:DD HH:MM:SS}; empty where that is not noted
 * @param comment empty for none
 */
public record Snapshot(String name, Path folder, String time, String comment) {}
