/** Servers of images: their indexes, and fetching what is listed there. */
package dev.coffer.image.server;
