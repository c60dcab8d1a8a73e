// Package main draws alerts on a map.
package main

import "fmt"

func main() {
	fmt.Println(`{"type": "FeatureCollection", "features": []}`)
}
