/** Carries out what plans say about networks, and runs the host's bridges. */
package dev.coffer.network;
