/** Part of module dev.coffer.runtime, which says what it is for. */
package dev.coffer.runtime;
