/**
 * LXC's command socket, on which its tools speak with whoever looks after a running container: both
 * ends of it.
 */
package dev.coffer.runtime.command;
