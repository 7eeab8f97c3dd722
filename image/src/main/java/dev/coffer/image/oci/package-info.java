/** Images of the Open Container Initiative and of Docker: how they are named. */
package dev.coffer.image.oci;
