package dev.coffer;

/** An address inside a container, without prefix length. */
public record Address(String networkInterface, String address, boolean ipv6) {}
