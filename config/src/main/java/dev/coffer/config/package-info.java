/**
 * Configuration dialects. An lxc.conf is read by {@link dev.coffer.config.LxcConfig} over the table
 * in {@link dev.coffer.config.LxcKeys}, where a key is one row; lxc.conf of the whole system by
 * {@link dev.coffer.config.SystemConfig}. Values are parsed once into the types of {@code
 * dev.coffer.model}; a wrong one becomes a problem with file and line, never an exception. Nothing
 * here changes the system except {@code save}.
 */
package dev.coffer.config;
