@NullMarked
package dev.hone.demo;

import org.jspecify.annotations.NullMarked;
