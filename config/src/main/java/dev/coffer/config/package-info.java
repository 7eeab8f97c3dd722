/** Part of module dev.coffer.config, which says what it is for. */
package dev.coffer.config;
