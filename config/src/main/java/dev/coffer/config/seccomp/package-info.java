/** Seccomp policy files, lxc.container.conf(5) "SECCOMP CONFIGURATION", and Coffer's own policy. */
package dev.coffer.config.seccomp;
