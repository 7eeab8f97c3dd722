/** Part of module dev.coffer.tools, which says what it is for. */
package dev.coffer.tools;
