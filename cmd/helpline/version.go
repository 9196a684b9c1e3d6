package main

// version is what this program calls itself.
const version = "0.1.0"
