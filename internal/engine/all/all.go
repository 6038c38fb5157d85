// Package all registers every kind of engine that Dragoman has. A new one is
// its package and one line here.
package all

import (
	"dragoman/internal/engine"
	"dragoman/internal/engine/apertium"
	"dragoman/internal/engine/deepl"
	"dragoman/internal/engine/google"
	"dragoman/internal/engine/libretranslate"
	"dragoman/internal/engine/openai"
	"dragoman/internal/engine/pseudo"
)

func init() {
	engine.Register("apertium", apertium.New)
	engine.Register("deepl", deepl.New)
	engine.Register("google", google.New)
	engine.Register("libretranslate", libretranslate.New)
	engine.Register("openai", openai.New)
	engine.Register("pseudo", pseudo.New)
}
