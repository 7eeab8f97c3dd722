/**
 * The frame of every command-line face: what a caller asked for ({@link
 * dev.coffer.tools.Invocation}), who answers ({@link dev.coffer.tools.Tools}), and the engine's
 * part in it. Options, tools and texts have packages of their own below this one.
 */
package dev.coffer.tools;
