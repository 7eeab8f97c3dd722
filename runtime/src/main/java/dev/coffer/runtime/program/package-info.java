/**
 * Programs for the launcher, see native/PROTOCOL.md: steps become system calls with immediates,
 * buffers and registers. This package encodes; it carries nothing out and decides nothing.
 */
package dev.coffer.runtime.program;
