/**
 * Attacks: code inside a container, or files that a container's owner prepared, try to get at the
 * host. Each test says what it proves; docs/attacks.md sums them up.
 */
package dev.coffer.it.escape;
