/**
 * What happens to containers, told to whoever listens: the protocol of lxc-monitord, which LXC's
 * tools speak too.
 */
package dev.coffer.runtime.monitor;
