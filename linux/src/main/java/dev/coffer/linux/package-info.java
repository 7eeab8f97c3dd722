/** Part of module dev.coffer.linux, which says what it is for. */
package dev.coffer.linux;
