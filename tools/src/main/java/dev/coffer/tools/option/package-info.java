/**
 * Options as rows of a table, the reading of arguments the way getopt_long(3) does it, and the
 * texts made from the table: help, usage, manual page, completion.
 */
package dev.coffer.tools.option;
