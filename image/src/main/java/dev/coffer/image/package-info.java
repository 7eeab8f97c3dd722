/**
 * Where containers on disk come from and go to: the built-in image, templates, creation, deletion.
 */
package dev.coffer.image;
