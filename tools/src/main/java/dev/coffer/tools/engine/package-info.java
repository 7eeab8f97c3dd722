/**
 * The engine's process: its socket, its clients, its end. What is asked of it is answered
 * elsewhere.
 */
package dev.coffer.tools.engine;
