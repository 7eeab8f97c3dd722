/** Small writers of text: JSON, colours, columns, guesses at what a mistyped word meant. */
package dev.coffer.tools.text;
