package dev.coffer.tools;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the engine is doing.
 *
 * @param buildId names the build it runs from
 * @param requestsServed calls answered since it started
 * @param memoryBytes resident memory
 * @param containers running containers it knows of
 * @param socket where it listens; empty where it runs inside the calling process
 */
public record EngineStatus(
    long pid,
    Duration uptime,
    String buildId,
    long requestsServed,
    long memoryBytes,
    int containers,
    Optional<Path> socket) {}
