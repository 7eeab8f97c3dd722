/** What was fetched and unpacked, kept by its content for all containers of one user. */
package dev.coffer.image.store;
