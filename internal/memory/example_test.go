package memory_test

import (
	"fmt"

	"dragoman/glossary"
	"dragoman/glossary/terms"
	"dragoman/internal/memory"
)

func Example() {
	concepts, err := glossary.Load(terms.FS())
	if err != nil {
		fmt.Println(err)
		return
	}
	names, _ := glossary.Compile(concepts, glossary.Options{})
	ix := memory.NewIndex(memory.Options{Names: names})
	err = ix.Add(memory.Entry{
		ID: 1, Locale: "ar", Origin: "human",
		Source: "Russian airstrikes killed six civilians in Kafranbel.",
		Target: "قتلت الغارات الجوية الروسية ستة مدنيين في كفرنبل.",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range ix.Lookup(memory.Query{
		Locale: "ar", Text: "Russian airstrikes killed 12 civilians in Idlib.",
	}) {
		fmt.Println(m.Kind, m.Score, m.Target)
		for _, s := range m.Swaps {
			fmt.Printf("%s: %s -> %s\n", s.Class, s.From, s.To)
		}
	}
	// Output:
	// repaired 97 قتلت الغارات الجوية الروسية 12 مدنيًا في إدلب.
	// number: six -> 12
	// name: Kafranbel -> Idlib
}
