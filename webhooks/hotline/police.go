package hotline

import _ "embed"

//go:embed police.yaml
var police []byte

// Police is the dialect of the link between 110 and 12345.
func Police() (*Mapping, error) { return ParseMapping(police) }
