/** Part of module dev.coffer.image, which says what it is for. */
package dev.coffer.image;
