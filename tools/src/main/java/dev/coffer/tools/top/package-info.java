/** The screen of {@code coffer top} and lxc-top: what is measured, its history, its picture. */
package dev.coffer.tools.top;
