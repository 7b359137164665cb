/** The shop: the web service whose speed is at stake. */
@NullMarked
package dev.hone.demo.shop;

import org.jspecify.annotations.NullMarked;
