/** Starting and stopping many containers in their order, lxc-autostart(1). */
package dev.coffer.autostart;
