/**
 * Backing stores. A {@link dev.coffer.storage.Store} is a value that says where a root file system
 * is; making, copying and deleting it is done by what the store's kind offers, and can be repeated.
 */
package dev.coffer.storage;
