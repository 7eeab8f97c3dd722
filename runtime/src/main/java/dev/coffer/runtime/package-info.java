/**
 * Carrying plans out: the engine's side of launcher programs, the life of a container from start to
 * the last clean-up, and finding everything again after an engine died.
 */
package dev.coffer.runtime;
