package dev.coffer.network;

/**
 * Something of the host's that keeps a network from working as it should.
 *
 * @param remedy a command
 */
public record Obstacle(String message, String remedy) {}
