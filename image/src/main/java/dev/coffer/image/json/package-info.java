/** JSON that others wrote: what servers of images answer. */
package dev.coffer.image.json;
