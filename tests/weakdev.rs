mod suite {
    mod weak;
}
