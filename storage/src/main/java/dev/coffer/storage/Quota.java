package dev.coffer.storage;

/**
 * How much a store holds.
 *
 * @param used bytes
 * @param limit bytes
 */
public record Quota(long used, long limit) {}
