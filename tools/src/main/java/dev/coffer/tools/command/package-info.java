/**
 * One class per tool, with its option table; no tool does anything but speak to the API and print.
 */
package dev.coffer.tools.command;
