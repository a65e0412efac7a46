package server

import (
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/web/portal"
)

// askFor adds to the letter form what a kind asks for beside title and text.
// Every kind's fields are on the page: it works without JavaScript, which only
// hides those of other kinds.
func askFor(v *portal.Letter, k channel.Kind) {
	p := k.Profile()
	if p.IDNumber {
		v.IDNumberKinds = strings.TrimSpace(v.IDNumberKinds + " " + string(k))
	}
	if p.Publishes {
		v.PublishKinds = strings.TrimSpace(v.PublishKinds + " " + string(k))
	}
	if p.Address {
		v.AddressKinds = strings.TrimSpace(v.AddressKinds + " " + string(k))
	}
	if len(p.Fields) == 0 {
		return
	}
	g := portal.FieldGroup{Kind: string(k), Name: p.Name}
	for i := range p.Fields {
		f := &p.Fields[i]
		asked := portal.AskedField{Name: formName(k, f.Name), Label: f.Label, Hint: f.Hint, Max: f.Max, Required: f.Required}
		for _, o := range f.Options {
			asked.Options = append(asked.Options, portal.Choice{Value: o.Value, Name: o.Name})
		}
		g.Fields = append(g.Fields, asked)
	}
	v.Groups = append(v.Groups, g)
}

// formName is the form's name for a field of a kind: two kinds may both ask
// for something of one name.
func formName(k channel.Kind, name string) string { return string(k) + "-" + name }

// fieldsOf are the filled-in fields of the chosen kind; those of other kinds
// were not meant.
func fieldsOf(v *portal.Letter) map[string]string {
	fields := map[string]string{}
	for _, g := range v.Groups {
		if g.Kind != v.Kind {
			continue
		}
		for _, f := range g.Fields {
			if f.Value != "" {
				fields[strings.TrimPrefix(f.Name, g.Kind+"-")] = f.Value
			}
		}
	}
	return fields
}

// letterFieldOf is [letterField] for the form of a letter of a kind.
func letterFieldOf(kind string) func(string) string {
	return func(pointer string) string {
		if name, ok := strings.CutPrefix(pointer, "/fields/"); ok {
			return formName(channel.Kind(kind), name)
		}
		return letterField(pointer)
	}
}
