/**
 * Archives of root file systems: tar in all forms that occur, its compressions, and writing what
 * they hold to disk. Archives come from others: nothing they say leads out of the tree.
 */
package dev.coffer.image.archive;
