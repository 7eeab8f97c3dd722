package dev.coffer.config;

import dev.coffer.model.Origin;

/**
 * One assignment in effect.
 *
 * @param name the full key in today's spelling, such as {@code lxc.net.0.link}
 * @param argument what stands at the row's word in capitals; empty for a plain key
 * @param text the value as written, without surrounding quotes
 * @param value what {@code key} has parsed it into
 */
record Setting(
    Key<?> key, String name, String argument, String text, Object value, Origin origin) {}
