// Package transform is what the plugins share that change requests and answers: pairs
// written "name:value", templates, and JSON objects and forms whose members keep their
// order.
package transform
