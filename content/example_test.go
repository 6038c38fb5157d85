package content_test

import (
	"fmt"

	"dragoman/content"
)

func Example() {
	release := "# Roads\n\nThe **Coalition** asked for [safe roads](https://example.org).\n\n| Town | Trucks |\n|------|--------|\n| Azaz | 46 |\n"
	docs, err := content.Load([]byte(release), content.Options{Path: "roads.md"})
	if err != nil {
		fmt.Println(err)
		return
	}
	targets := map[string]string{
		"Roads": "1. الطرق",
		"The ⟦1⟧Coalition⟦/1⟧ asked for ⟦2⟧safe roads⟦/2⟧.": "طالب ⟦1⟧الائتلاف⟦/1⟧ بـ⟦2⟧طرق آمنة⟦/2⟧.",
		"Town": "المدينة | البلدة",
	}
	d := docs[0]
	arabic, err := d.Splice(func(i int) (string, bool) {
		target, ok := targets[d.Segments()[i].Text]
		return target, ok
	})
	fmt.Printf("%s%v\n", arabic, err)
	// Output:
	// # 1. الطرق
	//
	// طالب **الائتلاف** بـ[طرق آمنة](https://example.org).
	//
	// | المدينة \| البلدة | Trucks |
	// |------|--------|
	// | Azaz | 46 |
	// <nil>
}
